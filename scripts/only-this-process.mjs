// Loaded by mocha when coverage is measured. Programs that the tests start would each write 17 MB of coverage.
delete process.env.NODE_V8_COVERAGE;
