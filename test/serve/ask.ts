import { startDashboard, type Dashboard } from '@carl-ssl/core/host';
import { request, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A dashboard for tests, with errors that are bugs. */
export interface Tested extends Dashboard {
  readonly errors: readonly unknown[];
  readonly port: number;
  readonly token: string;
  /** Asks with the token, for a path that is sent as it is. */
  readonly ask: (path: string, question?: Question) => Promise<Answer>;
}

/** Serves a folder on any free port. */
export async function serveFolder(folder: string, interval = 30): Promise<Tested> {
  const errors: unknown[] = [];
  const report = (error: unknown) => errors.push(error);
  const dashboard = await startDashboard(folder, { host: '127.0.0.1', port: 0, report, interval });
  const url = new URL(dashboard.address);
  const [port, token] = [Number(url.port), url.searchParams.get('token')!];
  const cookie = `carl-${port}=${token}`;
  const ask = (path: string, { headers, ...rest }: Question = {}): Promise<Answer> =>
    askAt(port, path, { headers: { cookie, ...headers }, ...rest });
  return { ...dashboard, errors, port, token, ask };
}

/** One request; `path` is not normalised. */
export function askAt(port: number, path: string, { method = 'GET', headers = {} }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
