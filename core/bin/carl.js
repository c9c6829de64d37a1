#!/usr/bin/env node
try {
  const { guardStandardStreams } = await import('../dist/cli/standard-streams.js');
  const { main } = await import('../dist/cli/main.js');
  guardStandardStreams();
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  console.error('Too many files are open: raise the limit, for example with `ulimit -n 1024`.');
  process.exitCode = 1;
}
