import type { DiagnosticCode } from '../errors/diagnostic-codes.js';
import { CarlError } from '../errors/carl-error.js';

/** A plugin cannot be used. The message says what the user or the plugin's author can do. */
export class PluginError extends CarlError {
  constructor(
    readonly problem: DiagnosticCode & `PLUGIN_${string}`,
    readonly text: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(
      problem === 'PLUGIN_BROKEN' ? 'PLUGIN_CONTRACT' : 'INPUT_PLUGIN',
      remedy ? `${text} ${remedy}` : text,
      options,
    );
    this.name = 'PluginError';
  }
}
