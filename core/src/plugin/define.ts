import type { ServiceIdentifier } from '#inversify';
import type { Static, TObject } from '#typebox';
import type { Facts, Finding } from '../contracts/facts.js';
import type { Capability } from '../contracts/capability.js';
import type { NestedOptions } from '../contracts/nested-options.js';
import type { Installer } from '../contracts/installer.js';
import type { Slot } from '../contracts/slots.js';
import type { MethodCard } from './method-card.js';

/** Tokens of the contracts that `create` gets as dependencies, by the name of the dependency. */
export type Injections = Readonly<Record<string, ServiceIdentifier>>;
export type Injected<I extends Injections> = {
  readonly [K in keyof I]: I[K] extends ServiceIdentifier<infer T> ? T : never;
};

/** A temperature and the name of the option that sets it. */
export interface Temperature {
  readonly option: string;
  readonly value: number;
}

/** Names of a component and its options in earlier versions. */
export interface Formerly {
  /** `use` names. */
  readonly uses?: readonly string[];
  /** Current option name by earlier name. */
  readonly options?: Readonly<Record<string, string>>;
}

/**
 * A component: one `use` name in one slot. Its schema is the only place of an option's type, default and description.
 * `Options` is the type of valid options. It is a parameter because the compiler takes seconds to relate `Static<O>` to
 * itself wherever `O` is not known yet.
 */
export interface Component<
  T = unknown,
  O extends TObject = TObject,
  I extends Injections = Injections,
  Options = Static<O>,
> {
  readonly slot: Slot<T>;
  /** The name in YAML, kebab-case, unique in its slot. */
  readonly use: string;
  /** One sentence; shown by editors and in the reference. */
  readonly description: string;
  /** A closed TypeBox object. `use` is added by the framework. */
  readonly options: O;
  /** Source of the method: arXiv ids, repositories. */
  readonly source?: string;
  /** Names of methods that people write for it, such as SimCLR; for the reference and for advice, not for pipelines. */
  readonly knownAs?: readonly string[];
  /** Names in earlier versions, for advice if a pipeline still uses them. */
  readonly formerly?: Formerly;
  /** Capabilities that another component of the pipeline must provide. */
  readonly requires?: (options: NoInfer<Options>) => readonly Capability[];
  /** Capabilities of this component. `nested` gives those of a component in its options, for one that is composed of others. */
  readonly provides?: (
    options: NoInfer<Options>,
    nested: (component: NestedOptions) => readonly Capability[],
  ) => readonly Capability[];
  /** Finds options that are valid one by one but cannot be used together. Runs before {@link create}. */
  readonly refuse?: (options: NoInfer<Options>) => readonly Refusal[];
  /**
   * For an assigner, the temperature that divides its scores; for an objective, the one that divides the student's
   * logits; undefined if there is none. The framework warns if both are set.
   */
  readonly temperature?: (options: NoInfer<Options>) => Temperature | undefined;
  /** For an objective whose papers evaluate the teacher: the network that `evaluation.network: auto` selects. */
  readonly judges?: 'teacher';
  /** For an objective: its method in short, shown in reports, in the reference and by `carl explain`. */
  readonly card?: MethodCard;
  /** Cross-component checks and advice, run before anything is computed. */
  readonly check?: (options: NoInfer<Options>, facts: Facts) => readonly Finding[];
  readonly inject?: I;
  /** Makes the component from validated, frozen options. Cheap: opens no file and allocates no tensor. */
  readonly create: (options: Readonly<NoInfer<Options>>, dependencies: Injected<I>) => T;
}

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- without `inject` there are no dependencies
export function defineComponent<T, O extends TObject, I extends Injections = Record<never, never>, Options = Static<O>>(
  slot: Slot<T>,
  component: Omit<Component<T, O, I, Options>, 'slot'>,
): Component<T, O, I> {
  return Object.freeze({ ...component, slot });
}

/** Reason why options are refused. */
export type Refusal = Omit<Finding, 'severity'>;

/** A package of components. */
export interface Plugin {
  /** The package's name. */
  readonly name: string;
  /** Slots that this plugin adds to pipelines. */
  readonly slots?: readonly Slot<unknown>[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of components of any contract
  readonly components: readonly Component<any, any, any, any>[];
  /** Installers of those backends of the plugin that need more than their npm package, by the backends' `use` names. */
  readonly installers?: Readonly<Record<string, Installer>>;
}

export function definePlugin(plugin: Plugin): Plugin {
  return Object.freeze(plugin);
}
