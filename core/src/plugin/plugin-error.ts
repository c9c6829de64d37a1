import type { DiagnosticCode } from '../errors/diagnostic-codes.js';
import { CarlError } from '../errors/carl-error.js';
import { messageOf } from '../text/message-of.js';
import { culpritOf } from './plugin-calls.js';

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

/** Remedy for what only the author of a plugin can fix. */
export function pluginFault(plugin: string): string {
  return `This is a bug in the plugin \`${plugin}\`; its author must fix it.`;
}

/** The reason of a failure, with the plugin that is at fault if the error comes from one. */
export function failureText(error: unknown): string {
  const culprit = CarlError.is(error) ? undefined : culpritOf(error);
  return culprit ? `${messageOf(error)}, at ${culprit.place}. ${pluginFault(culprit.plugin)}` : messageOf(error);
}
