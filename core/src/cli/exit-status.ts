/** Ends a command with an exit status, without a further message. */
export class ExitStatus extends Error {
  constructor(readonly status: number) {
    super(`exit status ${String(status)}`);
  }
}
