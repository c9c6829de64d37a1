import { deepFreeze } from '../config/freeze.js';
import { undescribedOptions } from '../plugin/contract.js';
import { strictAjv } from '../schema/ajv.js';
import { componentSchema, strict } from '../schema/compose.js';
import { mapSchema, plainSchema, type JsonSchema } from '../plugin/json-schema.js';
import { leaked, leakProblem } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Shared, because a new one first compiles the schema of schemas. */
const ajv = strictAjv();

/** Rules for components of every slot. */
export const componentRules: readonly Rule<unknown>[] = [
  {
    name: 'has a schema whose objects are all closed',
    check: ({ component }) => openObjects(plainSchema(component.options)),
  },
  {
    name: 'describes itself and every option',
    check: ({ component }) => [
      ...unless([component.description.trim() !== '', 'its description is empty']),
      ...undescribedOptions(component).map(option => `option ${option} has no description`),
    ],
  },
  {
    name: 'has defaults that its own schema accepts',
    check: ({ component }) => wrongDefaults(componentSchema(component)),
  },
  {
    name: 'refuses values of another type for every option',
    check: ({ component }) => anyValues(componentSchema(component)),
  },
  { name: 'can be created twice from the same frozen options', check: madeTwice },
  {
    name: 'allocates no tensor when it is created',
    check: async subject => leakProblem(await leaked(() => subject.make()), '`create`'),
  },
];

function openObjects(schema: JsonSchema): string[] {
  let open = 0;
  mapSchema(schema, one => {
    const hasKeys = one.properties !== undefined && Object.keys(one.properties).length > 0;
    if (one.type === 'object' && one.additionalProperties === undefined && (hasKeys || one === schema)) open += 1;
    return one;
  });
  if (schema.additionalProperties !== false) open = Math.max(open, 1);
  return unless([open === 0, `${open} of its option objects take any key; set additionalProperties: false`]);
}

/** Defaults that the schema refuses. Nested components are left out, because they may belong to other plugins. */
function wrongDefaults(schema: JsonSchema): string[] {
  const problems: string[] = [];
  mapSchema(schema, one => {
    for (const [option, { default: initial, ...rest }] of Object.entries(one.properties ?? {})) {
      if (initial === undefined || JSON.stringify(rest).includes('"x-slot"')) continue;
      if (!ajv.validate(strict(rest), structuredClone(initial)))
        problems.push(`the default of ${option} (${JSON.stringify(initial)}) is refused: ${ajv.errorsText()}`);
    }
    return one;
  });
  return problems;
}

/** Values of every type; none of the texts and numbers is a likely choice. */
const SAMPLES: readonly unknown[] = [true, -0.5, 1e308, 'no such value', [], ['no such value'], {}, { no: 'value' }];

/** Options that take all samples. Nested components are left out, because they may belong to other plugins. */
function anyValues(schema: JsonSchema): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([option, { default: _default, ...rest }]) => {
    if (JSON.stringify(rest).includes('"x-slot"')) return [];
    const takes = ajv.compile(strict(rest));
    const any = SAMPLES.every(value => takes(structuredClone(value)));
    return any ? [`option ${option} takes any value; give its schema a type`] : [];
  });
}

function madeTwice({ make, options, component }: Subject<unknown>): string[] {
  deepFreeze(options);
  const before = JSON.stringify(options);
  const [first, second] = [make(), make()];
  const label = `${component.slot.name} ${component.use}`;
  return unless(
    [typeof first === 'object' && first !== null, `\`create\` of ${label} gives no object`],
    [typeof second === 'object' && second !== null, `\`create\` of ${label} gives no object the second time`],
    [JSON.stringify(options) === before, '`create` changes its options'],
  );
}
