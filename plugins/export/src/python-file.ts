import type { PythonModule } from './torchvision-module.js';

/** A Python file with a function `load` that returns the encoder with its weights in evaluation mode. */
export function pythonFile({ imports, body, definitions = [] }: PythonModule, weights: string): string {
  const [standard, others] = [['from pathlib import Path'], [...imports, 'from safetensors.torch import load_file']];
  return [
    ...standard,
    '',
    ...others,
    ...(definitions.length > 0 ? ['', '', ...definitions] : []),
    '',
    '',
    `def load(weights=Path(__file__).parent / "${weights}"):`,
    '    """The encoder with its weights: normalised images [B, C, H, W] -> features [B, D]."""',
    ...body.map(line => `    ${line}`),
    '    model.load_state_dict(load_file(weights), strict=True)',
    '    return model.eval()',
    '',
  ].join('\n');
}

/** Instructions for such a file. */
export function pythonUsage(
  { imports, body, definitions }: PythonModule,
  { weights, packages }: { readonly weights: string; readonly packages: string },
): string {
  const code = definitions
    ? ['import torch', 'from encoder import load', '', 'model = load()']
    : [
        'import torch',
        ...imports,
        'from safetensors.torch import load_file',
        '',
        ...body,
        `model.load_state_dict(load_file("${weights}"), strict=True)`,
        'model.eval()',
      ];
  return [
    `In PyTorch (\`pip install ${packages} safetensors\`)${definitions ? ', with `encoder.py` from this folder' : '; `encoder.py` in this folder has the same as a function'}:`,
    [
      '```python',
      ...code,
      '',
      'with torch.inference_mode():',
      '    features = model(images)  # [B, C, H, W], preprocessed as below -> [B, D]',
      '```',
    ].join('\n'),
  ].join('\n\n');
}
