#!/usr/bin/env node
try {
  const { guardPlugins } = await import('../dist/cli/guard-plugins.js');
  const { main } = await import('../dist/cli/main.js');
  const { printPluginWarnings } = await import('../dist/cli/process-warnings.js');
  const { guardStandardStreams } = await import('../dist/cli/standard-streams.js');
  guardStandardStreams();
  printPluginWarnings();
  const { ended } = guardPlugins();
  process.exitCode = await main(process.argv.slice(2));
  ended();
} catch (error) {
  if (error.code === 'EMFILE' || error.code === 'ENFILE')
    console.error('Too many files are open: raise the limit, for example with `ulimit -n 1024`.');
  else if (error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('guard-plugins.js'))
    console.error('This clone is not built. Run this in it: npm ci && npm run build');
  else throw error;
  process.exitCode = 1;
}
