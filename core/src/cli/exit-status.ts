/** Ends a command with a status after it has said all there is to say. */
export class ExitStatus extends Error {
  constructor(readonly status: number) {
    super(`exit status ${String(status)}`);
  }
}
