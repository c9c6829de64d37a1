/** Skips the test or the suite that is under way, and prints why. */
export function skipped(context: Mocha.Context, reason: string): never {
  console.log(`      skipped: ${reason}`);
  return context.skip();
}
