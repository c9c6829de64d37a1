/** Control characters, among them those that move the cursor or colour a terminal, other than the end of a line. */
// eslint-disable-next-line no-control-regex -- they are looked for
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text with control characters as escapes, so that a name or message from a file or a plugin cannot alter the terminal. */
export function printable(text: string): string {
  return text.replace(CONTROLS, character => {
    if (character === '\t') return character;
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same in one line of limited length. */
export function printableLine(text: string, length = 200): string {
  const line = printable(text).replaceAll('\n', '\\n');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
