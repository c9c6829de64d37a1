import { expect } from 'chai';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { carl, start } from '../e2e/cli.js';
import { temporaryFolder } from '../e2e/tiny.js';
import { writeFakeRun } from './fake-runs.js';

describe('carl serve', () => {
  const folder = temporaryFolder();

  it('prints its address and ends at once by Ctrl-C, with a page open', async () => {
    writeFakeRun(folder.within('runs', 'a'));
    const { child, says, ended } = start(['serve', folder.within('runs')]);
    let address = '';
    child.stdout!.on('data', (part: Buffer) => (address += part.toString()));
    await says('Press Ctrl-C to stop.');
    expect(address).to.match(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/);
    const { port, searchParams } = new URL(address);
    const headers = { cookie: `carl-${port}=${searchParams.get('token')}` };
    const request = get({ host: '127.0.0.1', port, path: '/events', headers }).on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    const started = performance.now();
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect([code, performance.now() - started < 60_000]).to.deep.equal([0, true]);
    expect(stderr).to.equal('Open this address in a browser. Press Ctrl-C to stop.\n\nStopping the server. Press Ctrl-C again to stop immediately.\n'); // prettier-ignore
  });

  it('refuses a folder that does not exist and a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const refused = await Promise.all([
      carl(['serve', folder.within('none')]),
      carl(['serve', folder.path, '--port', String(port)]),
      carl(['serve', folder.path, '--port', '65536']),
    ]);
    taken.close();
    expect(refused.map(({ code, stdout }) => [code, stdout])).to.deep.equal([2, 2, 2].map(code => [code, '']));
    const [none, busy, wrong] = refused.map(({ stderr }) => stderr);
    expect(none).to.match(/none cannot be read: .* Give a folder of runs\./);
    expect(busy).to.match(new RegExp(`127\\.0\\.0\\.1:${port} cannot be listened on: .*EADDRINUSE.* Give another --port or --host\\.`)); // prettier-ignore
    expect(wrong).to.contain('It must be at most 65535.');
  });
});
