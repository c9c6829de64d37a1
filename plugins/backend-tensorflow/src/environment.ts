import { availableParallelism } from 'node:os';

/** Settings TensorFlow reads once, from the environment, when it is loaded. */
export interface Settings {
  /** Threads within one operation. */
  readonly threads: number;
  /** Whether oneDNN computes convolutions and normalisations. */
  readonly oneDNN: boolean;
}

export const resolveSettings = (options: { threads: number | null; oneDNN: boolean }): Settings => ({
  threads: options.threads ?? availableParallelism(),
  oneDNN: options.oneDNN,
});

/** The variables of the environment that carry the settings. Operations run one after another, so one thread between them is enough. */
export function environmentOf(settings: Settings): Readonly<Record<string, string>> {
  return {
    TF_ENABLE_ONEDNN_OPTS: settings.oneDNN ? '1' : '0',
    TF_NUM_INTRAOP_THREADS: String(settings.threads),
    TF_NUM_INTEROP_THREADS: '1',
  };
}

/**
 * Puts the settings into the environment of this process; and, unless the user chose otherwise, silence below errors
 * and GPU memory taken as it is needed rather than all at once.
 */
export function applyEnvironment(settings: Settings): void {
  Object.assign(process.env, environmentOf(settings));
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
}
