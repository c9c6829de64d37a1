import { expect } from 'chai';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { once } from 'node:events';
import { isLoopback, refusalOf } from '@carl-ssl/core/testing';
import { temporaryFolder } from '../e2e/tiny.js';
import { askAt, serveFolder, type Tested } from './ask.js';
import { COLLAPSE, writeFakeRun } from './fake-runs.js';

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

describe('the server of the dashboard', () => {
  const folder = temporaryFolder();
  const runs = (...names: string[]): string => folder.within('runs', ...names);
  const SECRET = 'secret-outside';
  let served: Tested;

  before(async () => {
    writeFakeRun(folder.within('outside'), { name: SECRET });
    writeFakeRun(runs('a'));
    // Links to a run, to a folder and to single files outside.
    symlinkSync(folder.within('outside'), runs('linked-run'));
    for (const file of ['pipeline.json', 'metrics.jsonl', 'results.json', 'failure.json']) {
      writeFakeRun(runs(`with-${file}`), { name: 'inside' });
      rmSync(runs(`with-${file}`, file), { force: true });
      symlinkSync(folder.within('outside', 'pipeline.json'), runs(`with-${file}`, file));
    }
    mkdirSync(runs('with-lock'));
    symlinkSync(folder.within('outside', 'lock.json'), runs('with-lock', 'lock.json'));
    served = await serveFolder(runs());
  });
  after(() => served.close());
  afterEach(() => expect(served.errors).to.deep.equal([]));

  it('reads nothing outside its folder, however the path is written', async () => {
    const outside = ['../outside', '..%2foutside', '%2e%2e/outside', '..%252foutside', '..\\outside', '/etc', 'a/../../outside', `${'../'.repeat(20)}etc/passwd`, 'outside', 'a%00/../../outside']; // prettier-ignore
    const places = outside.flatMap(name => [`/run?name=${name}`, `/${name}`, `/run/${name}`, `/?run=${name}`]);
    for (const place of [...places, '//etc/passwd', '/dashboard.js/../../package.json', '/../package.json']) {
      const { status, text } = await served.ask(place);
      expect(status, place).to.be.oneOf([200, 400, 404]);
      expect(text, place).to.not.contain(SECRET).and.not.contain('root:');
      if (status === 200) expect(text, place).to.contain('<title>Runs in');
    }
    for (const place of ['http://example.org/', '*', 'no-slash'])
      expect((await served.ask(place)).status, place).to.equal(400);
  });

  it('follows no link in a run', async () => {
    const list = await served.ask('/');
    expect(list.text).to.contain('with-metrics.jsonl').and.not.contain('linked-run').and.not.contain('with-lock');
    for (const name of ['pipeline.json', 'metrics.jsonl', 'results.json', 'failure.json']) {
      const { status, text } = await served.ask(`/run?name=with-${name}`);
      expect(status).to.equal(200);
      expect(text, name).to.not.contain(SECRET);
      expect(text, name).to.match(/is not read: it is a link/);
    }
    expect(list.text).to.not.contain(SECRET);
  });

  it('admits only its own host and origin, whatever the token', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      'localhost.evil',
      '10.0.0.1',
      'a b',
    ])
      expect((await served.ask('/', { headers: { host } })).status, host).to.be.oneOf([400, 421]);
    for (const host of [`localhost:${served.port}`, '127.0.0.1:9', '[::1]:80', 'LOCALHOST'])
      expect((await served.ask('/', { headers: { host } })).status, host).to.equal(200);
    const host = `localhost:${served.port}`;
    for (const origin of ['http://evil.example', 'null', `https://${host}`, 'http://localhost:1'])
      expect((await served.ask('/', { headers: { host, origin } })).status, origin).to.equal(403);
    expect((await served.ask('/', { headers: { host, origin: `http://${host}` } })).status).to.equal(200);
  });

  it('answers names of this machine and any address only where it listens on the network', () => {
    const gate = { token: 't', cookie: 'c', host: '0.0.0.0' };
    const status = (host: string) => refusalOf({ method: 'GET', headers: { host }, token: 't' }, gate)?.status;
    expect([hostname(), '192.0.2.7:80', '[2001:db8::1]:80', 'localhost'].map(status)).to.deep.equal([undefined, undefined, undefined, undefined]); // prettier-ignore
    expect(['evil.example', '192.0.2.7.evil.example', `${hostname()}.evil`].map(status)).to.deep.equal([421, 421, 421]);
    expect(['127.0.0.1', 'localhost', '::1', '0.0.0.0', '127.0.0.1.evil', '192.0.2.7'].map(isLoopback)).to.deep.equal([true, true, true, false, false, false]); // prettier-ignore
  });

  it('answers nothing without the token, and moves it from the address to a cookie', async () => {
    const cookies = ['', 'carl-1=x', `carl-${served.port}=`, `carl-${served.port}=${served.token}x`, `x-carl-${served.port}=${served.token}`]; // prettier-ignore
    for (const path of ['/', '/run?name=a', '/events', '/dashboard.js', '/nothing', '/?token=wrong', '/?token='])
      for (const cookie of cookies) {
        const { status, text } = await askAt(served.port, path, { headers: { cookie } });
        expect([status, text.includes('fake')], `${path} ${cookie}`).to.deep.equal([403, false]);
      }
    const first = await askAt(served.port, `/run?name=a&token=${served.token}`);
    expect([first.status, first.headers.location]).to.deep.equal([303, '/run?name=a']);
    const [cookie] = first.headers['set-cookie']!;
    expect(cookie).to.match(/; HttpOnly; SameSite=Strict$/);
    expect((await askAt(served.port, '/', { headers: { cookie: cookie.split(';')[0] } })).status).to.equal(200);
    const elsewhere = await askAt(served.port, `/.//evil.example/?token=${served.token}`);
    expect([elsewhere.status, elsewhere.headers.location]).to.deep.equal([404, undefined]);
  });

  it('only reads', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await served.ask('/', { method });
      expect([status, headers.allow], method).to.deep.equal([405, 'GET, HEAD']);
    }
    expect(await served.ask('/', { method: 'HEAD' })).to.include({ status: 200, text: '' });
  });

  it('forbids inline code and other origins in every answer', async () => {
    for (const path of ['/', '/run?name=a', '/dashboard.js', '/none', '/?token=wrong']) {
      const { headers } = await served.ask(path);
      const policy = headers['content-security-policy'];
      expect(policy)
        .to.contain("default-src 'none'; script-src 'self';")
        .and.not.contain('unsafe')
        .and.not.contain('*');
      expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
      expect(headers).to.not.have.property('access-control-allow-origin');
    }
    const pages = `${(await served.ask('/')).text}${(await served.ask('/run?name=a')).text}`;
    expect(pages).to.not.match(/<script>|<style|\sstyle=|\son\w+=|javascript:/);
    expect(pages).to.not.match(/(src|href)="(https?:)?\/\//);
  });

  it('stays usable with 1,000 open connections', async () => {
    const sockets = Array.from({ length: 1000 }, () => connect(served.port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.map(socket => once(socket, 'connect').catch(() => undefined)));
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => served.ask('/')));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 20 }, () => 200));
    expect(performance.now() - started).to.be.below(120_000);
    for (const socket of sockets) socket.destroy();
  });

  it('bounds event streams and ends at once with all of them', async () => {
    const other = await serveFolder(runs());
    const streams: Socket[] = [];
    for (let i = 0; i < 40; i++) {
      const socket = connect(other.port, '127.0.0.1').on('error', () => undefined);
      socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: carl-${other.port}=${other.token}\r\n\r\n`);
      const [text] = (await once(socket, 'data')) as [Buffer];
      expect(text.toString()).to.contain('text/event-stream');
      streams.push(socket);
    }
    const [ended, open] = [streams.slice(0, 8), streams.slice(8)];
    await Promise.all(ended.map(closed));
    expect(open.every(one => !one.closed)).to.equal(true);
    const started = performance.now();
    await other.close();
    expect(performance.now() - started).to.be.below(60_000);
    await Promise.all(streams.map(closed));
  });

  it('shows hostile names and contents as text', async () => {
    const html = '<img src=x onerror="pwned=1"><script>pwned=1</script>';
    const name = `"'><script>pwned=1<`;
    const line = { v: 1, type: 'step', step: 1, epoch: 1, loss: 1, parts: { [html]: 1, ['__proto__']: 2 }, notes: { constructor: 1 } }; // prettier-ignore
    const warning = { kind: html, since: html, collapsed: true, message: { html } };
    writeFakeRun(runs(name), { name: html, method: html, lines: [line, { ...COLLAPSE, warning }] });
    writeFileSync(
      runs(name, 'failure.json'),
      JSON.stringify({ format: 1, code: html, message: `${html}\u202e\u0007` }),
    );
    const again = await serveFolder(runs());
    const address = `/run?name=${encodeURIComponent(name)}`;
    for (const path of ['/', address, `/?run=${encodeURIComponent(name)}&words=${encodeURIComponent(html)}`]) {
      const { status, text } = await again.ask(path);
      expect(status).to.equal(200);
      expect(text).to.not.match(/<img|<script>|onerror="/);
      for (const control of ['\u202e', '\u0007']) expect(text).to.not.contain(control);
    }
    expect((await again.ask(address)).text).to.contain('&lt;img src=x');
    await again.close();
    expect(again.errors).to.deep.equal([]);
  });

  it('shows runs with files of any content, and reads none that would fill the memory', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const contents: Readonly<Record<string, readonly string[]>> = {
      'pipeline.json': ['{}', '[]', 'null', '1', `{"evaluate":[],"trainer":{"epochs":"x"},"objective":${deep}}`, `{"name":{},"evaluate":[{"use":{}}],"trainer":7}`], // prettier-ignore
      'lock.json': ['{}', `{"format":1}`],
      'results.json': ['{}', `{"format":2,"status":[],"step":1,"trained":[{"metric":"m","split":"s","value":null,"kind":"accuracy"}],"untrained":[],"pixels":[],"chance":{}}`], // prettier-ignore
      'metrics.jsonl': ['null\n', '{"v":2}\n', '{"v":1,"type":"step","step":1e999,"loss":"x","parts":7}\n', '{"v":1,"type":"health","health":{}}\n', `${'x'.repeat(2 ** 21)}\n`], // prettier-ignore
      'timing.jsonl': ['null\n'],
    };
    const odd: string[] = [];
    for (const [file, texts] of Object.entries(contents))
      for (const [i, text] of texts.entries()) {
        const run = folder.within('odd', `${file}-${i}`);
        writeFakeRun(run);
        writeFileSync(`${run}/${file}`, text);
        odd.push(`${file}-${i}`);
      }
    writeFakeRun(folder.within('odd', 'large'));
    writeFileSync(folder.within('odd', 'large', 'results.json'), Buffer.alloc(33 * 2 ** 20, ' '));
    const again = await serveFolder(folder.within('odd'));
    for (const name of [...odd, 'large']) expect((await again.ask(`/run?name=${name}`)).status, name).to.equal(200);
    expect((await again.ask('/run?name=large')).text).to.contain('and at most 33554432 are read');
    expect((await again.ask('/')).status).to.equal(200);
    await again.close();
    expect(again.errors).to.deep.equal([]);
  });

  it('does not write to the folder', async () => {
    const before = readFileSync(runs('a', 'lock.json'), 'utf8');
    await served.ask('/run?name=a');
    expect(readFileSync(runs('a', 'lock.json'), 'utf8')).to.equal(before);
  });
});
