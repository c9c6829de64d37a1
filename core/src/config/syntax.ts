import type { YAMLException } from 'js-yaml';
import { diagnose, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { linesOf, positionAt, type Source } from './source.js';

/** Number of characters of a line that are examined. */
const MAX_LINE = 500;

/** Messages of js-yaml's parser, and the message and remedy that replace them. */
const TRANSLATIONS: readonly (readonly [pattern: RegExp, message: string, remedy: string])[] = [
  [
    /^deficient indentation/,
    'This line is not part of the value that began above it.',
    'Close the quote or bracket that is open, or indent this line.',
  ],
  [
    /^bad indentation of a mapping entry/,
    'The indentation does not fit.',
    'Keys of one mapping start in the same column; the values below a key are indented further.',
  ],
  [
    /^bad indentation of a sequence entry/,
    'The indentation of this list entry does not fit.',
    'All `- ` of one list start in the same column.',
  ],
  [
    /multiline key may not be an implicit key|^expected ':' after a mapping key|whitespace character is expected after the key-value/,
    'A key and its value are not separated here.',
    'Write a colon and a space after the key: `epochs: 5`.',
  ],
  [
    /within a (single|double) quoted scalar/,
    'A quote is not closed.',
    'Add the closing quote, or remove the opening one.',
  ],
  [/within a flow collection/, 'A bracket is not closed.', 'Add the closing `]` or `}`.'],
  [
    /^missed comma between flow/,
    'A comma is missing between two entries.',
    'Write `[a, b]` or `{ key: value, key: value }`.',
  ],
  [
    /^expected the node content/,
    'A value is missing before this comma.',
    'Write `[a, b]` or `{ key: value, key: value }`.',
  ],
  [
    /^unknown escape sequence|^expected hexadecimal/,
    'This is not an escape that YAML knows.',
    'In double quotes a backslash starts an escape: write `\\\\`, or use single quotes.',
  ],
  [
    /non-printable characters|valid JSON character/,
    'The text holds a control character.',
    'Remove it, or write it as an escape in double quotes: "\\u0007".',
  ],
  [
    /end of the stream or a document separator/,
    'This text is not part of any value before it.',
    'Check the indentation, and the quotes and brackets before it.',
  ],
];

/** Reason of the exception for a file whose aliases expand to too many values. */
export const TOO_LONG = 'more values than a pipeline may have';

/** A diagnostic for an exception of the YAML parser. */
export function syntaxDiagnostic(source: Source, error: YAMLException): Diagnostic {
  const reported = Math.min(error.mark?.position ?? 0, source.text.length);
  const unquoted = unquotedIn(source, reported);
  if (unquoted) return unquoted;
  const start = culprit(source.text, reported, error.reason);
  return diagnose({ source, start, end: start + 1 }, complaint(source, reported, error.reason));
}

/** Unquoted text that YAML parses as something else, which causes an error further on. */
const UNQUOTED: readonly (readonly [pattern: RegExp, message: (text: string) => string])[] = [
  [
    /(?<=^|[\s[,])[@`][^\s,\]}]*/,
    text => `Text that starts with ${text.startsWith('@') ? '`@`' : 'a backtick'} must be in quotes.`,
  ],
  [
    /(?<=^[\s-]*[\w.-]+: +)[^\s"'#&*|>[{][^"'#]*: [^#]*[^\s#]/,
    () => 'Text with a colon and a space in it must be in quotes.',
  ],
];

function unquotedIn(source: Source, reported: number): Diagnostic | undefined {
  const { line } = positionAt(source.text, reported);
  const text = linesOf(source.text)[line - 1] ?? '';
  const lineStart = reported - (positionAt(source.text, reported).column - 1);
  for (const [pattern, message] of UNQUOTED) {
    const found = pattern.exec(text.slice(0, MAX_LINE));
    if (!found) continue;
    const start = lineStart + found.index;
    const place = { source, start, end: start + found[0].length };
    const remedy = `Write \`'${found[0].replaceAll("'", "''")}'\`.`;
    return diagnose(place, { code: 'YAML_SYNTAX', message: message(found[0]), remedy });
  }
  return undefined;
}

/**
 * Offset of the mistake. The parser stops after it: wrong indentation is at the start of the line, a colon without a
 * space in the line before.
 */
function culprit(text: string, reported: number, reason: string): number {
  const lineStart = Math.max(text.lastIndexOf('\n', reported - 1), text.lastIndexOf('\r', reported - 1)) + 1;
  const indent = (start: number) => start + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0);
  if (reason.includes('indentation')) return indent(lineStart);
  const before = /(?:^|[\n\r])([^\n\r]*)[\n\r]+$/.exec(text.slice(0, lineStart))?.[1] ?? '';
  const glued = reason.includes('multiline key') && /^\s*[\w.-]+:\S/.test(before);
  return glued ? indent(text.lastIndexOf(before, lineStart)) : reported;
}

function complaint(source: Source, start: number, reason: string): DiagnosticContent {
  if (reason.startsWith('nesting exceeded'))
    return { code: 'YAML_TOO_DEEP', message: 'Lists and mappings are nested too deeply.' };
  if (reason === TOO_LONG) {
    const message = 'With its aliases expanded, this file has too many values for a pipeline.';
    return { code: 'YAML_TOO_LONG', message, remedy: 'Remove aliases of aliases.' };
  }
  const { line } = positionAt(source.text, start);
  if (reason.startsWith('tab characters') || /^ *\t/.test(linesOf(source.text)[line - 1] ?? '')) {
    return {
      code: 'YAML_TAB',
      message: 'This line is indented with a tab.',
      remedy: 'YAML allows only spaces: set your editor to insert two spaces for a tab.',
    };
  }
  const known = TRANSLATIONS.find(([pattern]) => pattern.test(reason));
  if (known) return { code: 'YAML_SYNTAX', message: known[1], remedy: known[2] };
  return { code: 'YAML_SYNTAX', message: `This is not YAML: ${reason}.` };
}
