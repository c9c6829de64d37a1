/** A client of a language server on standard input and output: as much of the protocol as an editor needs for one document. */
import { spawn } from 'node:child_process';

const SETTINGS = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };

/** Starts the server. `request` waits for a result; `diagnostics` for the problems of a document. */
export function startServer(file) {
  const child = spawn(process.execPath, [file, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = new Map();
  const waiting = new Map();
  let last = 0;
  const send = message => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  readMessages(child.stdout, message => {
    if (message.method === 'textDocument/publishDiagnostics') {
      waiting.get(message.params.uri)?.(message.params.diagnostics);
    } else if (message.method !== undefined && message.id !== undefined)
      send({ id: message.id, result: answerOf(message) });
    else answers.get(message.id)?.(message.result);
  });
  return {
    request: (method, params) =>
      new Promise(done => {
        last += 1;
        answers.set(last, done);
        send({ id: last, method, params });
      }),
    notify: (method, params) => send({ method, params }),
    diagnostics: uri => new Promise(done => waiting.set(uri, done)),
    stop: () => child.kill(),
  };
}

/** What the server asks of an editor: its settings, and nothing else of use. */
function answerOf({ method, params }) {
  return method === 'workspace/configuration'
    ? params.items.map(({ section }) => (section === 'yaml' ? SETTINGS : {}))
    : null;
}

function readMessages(stream, receive) {
  let buffer = Buffer.alloc(0);
  stream.on('data', chunk => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      const [, length] = /Content-Length: (\d+)/.exec(buffer.subarray(0, Math.max(end, 0)).toString()) ?? [];
      if (length === undefined || buffer.length < end + 4 + Number(length)) return;
      receive(JSON.parse(buffer.subarray(end + 4, end + 4 + Number(length)).toString()));
      buffer = buffer.subarray(end + 4 + Number(length));
    }
  });
}
