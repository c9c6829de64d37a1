import { constructFromEvents, EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';
import { diagnose, MOST_ERRORS, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { isForbiddenKey, type Entry, type MappingNode, type Node, type ScalarNode } from './node.js';
import { positionAt, type Place, type Source } from './source.js';
import { syntaxDiagnostic, TOO_LONG } from './syntax.js';

/** Largest number of values in a file with all aliases expanded. A pipeline has a few hundred. */
const MAX_NODES = 20_000;
export const MAX_DEPTH = 40;

export interface Parsed {
  /** Undefined if the text is not YAML or has no value. */
  readonly root?: Node;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses YAML 1.2 text into nodes with positions. Reports all errors and never throws. */
export function parseYaml(source: Source): Parsed {
  try {
    return new EventReader(source, parseEvents(source.text, { maxDepth: MAX_DEPTH })).read();
  } catch (error) {
    if (error instanceof YAMLException) return { diagnostics: [syntaxDiagnostic(source, error)] };
    throw error;
  }
}

/** A key and its value without a space after the colon. */
const GLUED = /^([\w.-]+):(\S.*)$/;

function gluedKey(name: string): DiagnosticContent {
  const [, key, value] = GLUED.exec(name)!;
  return {
    code: 'YAML_SYNTAX',
    message: `\`${name}\` has no space after the colon, so YAML takes all of it as one name.`,
    remedy: `Write \`${key}: ${value}\`.`,
  };
}

/** Turns the parser's flat events into nodes, recursively. */
class EventReader {
  private index = 0;
  /** Offset after the last token read. An absent value is marked there. */
  private behind = 0;
  private count = 0;
  private readonly anchors = new Map<string, { readonly node: Node; readonly count: number }>();
  private readonly diagnostics: Diagnostic[] = [];

  constructor(
    private readonly source: Source,
    private readonly events: readonly Event[],
  ) {}

  read(): Parsed {
    this.index = 1;
    const empty = this.events.length === 0 || this.blank();
    const root = empty ? undefined : this.node();
    if (this.events.slice(this.index).some(event => event.type === EVENT_ID.DOCUMENT)) this.severalDocuments();
    return { ...(root && { root }), diagnostics: this.diagnostics };
  }

  private blank(): boolean {
    const [, first] = this.events;
    return first?.type === EVENT_ID.SCALAR && first.valueStart < 0;
  }

  private node(fallback?: Place): Node {
    const event = this.next();
    if ('tagStart' in event && event.tagStart >= 0) this.tag(this.place(event.tagStart, event.tagEnd));
    if (event.type === EVENT_ID.ALIAS) return this.alias(this.place(event.anchorStart - 1, event.anchorEnd));
    const before = this.count;
    this.spend(1, fallback);
    const node = tagged(this.content(event, fallback), event);
    if ('anchorStart' in event && event.anchorStart >= 0) {
      this.anchors.set(this.source.text.slice(event.anchorStart, event.anchorEnd), {
        node,
        count: this.count - before,
      });
    }
    return node;
  }

  private content(event: Event, fallback?: Place): Node {
    if (event.type === EVENT_ID.SCALAR) return this.scalar(event, fallback);
    if (event.type === EVENT_ID.SEQUENCE) return this.list(event.start);
    if (event.type === EVENT_ID.MAPPING) return this.mapping(event.start);
    throw new Error(`unexpected YAML event ${event.type}`);
  }

  private scalar(event: ScalarEvent, fallback?: Place): ScalarNode {
    const quoted = event.style !== SCALAR_STYLE.PLAIN;
    if (event.valueStart < 0) return { kind: 'scalar', place: fallback ?? this.absent(), value: null, quoted };
    const marks = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const place = this.place(event.valueStart - marks, event.valueEnd + marks);
    const untagged = { ...event, tagStart: -1, tagEnd: -1, anchorStart: -1, anchorEnd: -1 };
    const document: Event = { type: EVENT_ID.DOCUMENT, explicitStart: false, explicitEnd: false, directives: [] };
    const [value] = constructFromEvents([document, untagged, { type: EVENT_ID.POP }], { source: this.source.text });
    return { kind: 'scalar', place, value: value as ScalarNode['value'], quoted };
  }

  private list(start: number): Node {
    const items: Node[] = [];
    while (!this.closes()) items.push(this.node());
    return { kind: 'list', place: this.place(start, this.behind), items };
  }

  private mapping(start: number): MappingNode {
    const entries = new Map<string, Entry>();
    while (!this.closes()) this.entry(entries);
    return { kind: 'mapping', place: this.place(start, this.behind), entries };
  }

  private entry(entries: Map<string, Entry>): void {
    const event = this.events[this.index];
    const key = this.node(this.ahead(':')).place;
    const value = this.node(key);
    const name =
      event?.type === EVENT_ID.SCALAR && event.valueStart >= 0 ? getScalarValue(this.source.text, event) : undefined;
    if (name === undefined || name === '') this.complain(key, { code: 'YAML_KEY', message: 'A key must be a name.' });
    else if (this.isGlued(event, name) && value.place === key) this.complain(key, gluedKey(name));
    else if (this.allowedKey(name, key, entries)) entries.set(name, { key, value });
  }

  /** True for `use:knn`, a key of which YAML takes the colon as a part. */
  private isGlued(event: Event | undefined, name: string): boolean {
    return event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && GLUED.test(name);
  }

  private allowedKey(name: string, key: Place, entries: ReadonlyMap<string, Entry>): boolean {
    const first = entries.get(name);
    if (first) {
      const { line } = positionAt(this.source.text, first.key.start);
      this.complain(key, {
        code: 'YAML_DUPLICATE_KEY',
        message: `\`${name}\` is written twice here; the first is on line ${line}.`,
        remedy: 'Remove one of them.',
      });
    } else if (isForbiddenKey(name)) {
      this.complain(key, { code: 'KEY_FORBIDDEN', message: `A key may not be called \`${name}\`.` });
    } else if (name === '<<') {
      this.complain(key, {
        code: 'YAML_MERGE_KEY',
        message: 'Merge keys `<<` are not part of YAML 1.2.',
        remedy: 'Share whole files with `extends: FILE`, or repeat one value with `*name`.',
      });
    } else return true;
    return false;
  }

  private alias(place: Place): Node {
    const name = this.source.text.slice(place.start + 1, place.end);
    const target = this.anchors.get(name);
    if (target) {
      this.spend(target.count, place);
      return target.node;
    }
    this.complain(place, { code: 'YAML_ALIAS', message: `No complete anchor \`&${name}\` comes before this alias.` });
    return { kind: 'scalar', place, value: null, quoted: false };
  }

  private tag(place: Place): void {
    const text = this.source.text.slice(place.start, place.end);
    this.complain(place, {
      code: 'YAML_TAG',
      message: `The tag \`${text}\` is not allowed: a pipeline is plain data.`,
      remedy: 'Remove it.',
    });
  }

  /** Aliases can expand a small file to billions of values; parsing stops at the limit. */
  private spend(count: number, place = this.absent()): void {
    this.count += count;
    if (this.count <= MAX_NODES) return;
    throw new YAMLException(TOO_LONG, { position: place.start } as YAMLException['mark']);
  }

  private severalDocuments(): void {
    const start = this.source.text.slice(this.behind).search(/^---/m);
    const place = start < 0 ? this.absent() : this.place(this.behind + start, this.behind + start + 3);
    this.complain(place, {
      code: 'YAML_SEVERAL_DOCUMENTS',
      message: 'A second document starts here.',
      remedy: 'Write one pipeline per file.',
    });
  }

  private next(): Event {
    const event = this.events[this.index];
    this.index += 1;
    const ends = [('valueEnd' in event && event.valueEnd) || 0, ('anchorEnd' in event && event.anchorEnd) || 0];
    this.behind = Math.max(this.behind, ...ends, 'start' in event ? event.start : 0);
    return event;
  }

  /** Consumes the end of a list or mapping; returns whether there was one. */
  private closes(): boolean {
    if (this.events[this.index]?.type !== EVENT_ID.POP) return false;
    this.index += 1;
    return true;
  }

  /** Position of a list entry without a value: its dash. */
  private absent(): Place {
    return this.ahead('-');
  }

  /** Position of the next such character, for an absent value. */
  private ahead(character: string): Place {
    const { text } = this.source;
    const found = text.indexOf(character, this.behind);
    const start = found < 0 ? Math.min(this.behind, text.length) : found;
    return this.place(start, start + 1);
  }

  private place(start: number, end: number): Place {
    return { source: this.source, start, end };
  }

  private complain(place: Place, complaint: DiagnosticContent): void {
    if (this.diagnostics.length < MOST_ERRORS) this.diagnostics.push(diagnose(place, complaint));
  }
}

/** Includes the tag in the node's range, so that an error about the tag hides errors about the value. */
function tagged(node: Node, event: Event): Node {
  if (!('tagStart' in event) || event.tagStart < 0) return node;
  return { ...node, place: { ...node.place, start: event.tagStart } };
}
