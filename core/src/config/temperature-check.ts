import { warning, type Facts, type Finding } from '../contracts/facts.js';
import type { PlacedComponent } from './components.js';

/** Adds the temperature of the pipeline's assigner to the facts. */
export function withAssignerTemperature(facts: Facts, { component, options }: PlacedComponent): Facts {
  const temperature = component?.temperature?.(options);
  return temperature ? { ...facts, assignerTemperature: temperature.value } : facts;
}

/** A warning for an objective that divides the logits although the assigner has divided the scores. */
export function temperatureTwice({ slot, component, options }: PlacedComponent, facts: Facts): Finding[] {
  const temperature = slot === 'objective' ? component?.temperature?.(options) : undefined;
  const { assignerTemperature = 1 } = facts;
  if (!temperature || temperature.value === 1 || assignerTemperature === 1) return [];
  const product = Number((temperature.value * assignerTemperature).toPrecision(3));
  const message =
    `the assigner divides the scores by ${assignerTemperature}, and ${temperature.option} the logits by ${temperature.value}: ` +
    `together by ${product}. Set one of the two to 1.`;
  return [warning('TEMPERATURE_TWICE', temperature.option, message)];
}
