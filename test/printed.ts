/** Runs a command in this process, with the text that it prints. */
export async function printed<T>(run: () => Promise<T>): Promise<readonly [result: T, text: string]> {
  const [out, err] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
  let text = '';
  process.stdout.write = process.stderr.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    return [await run(), text];
  } finally {
    [process.stdout.write, process.stderr.write] = [out, err];
  }
}
