/** Storages of PyTorch and the dtype of their numbers. */
export const STORAGES: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
});

/** Functions that make a tensor or a parameter. */
export const REBUILDS: ReadonlySet<string> = new Set([
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
]);

/** Classes of settings that training programs save beside the weights. Only their place in the file is read, not their content. */
const INERT: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  'collections.defaultdict',
  'argparse.Namespace',
  'typing.Any',
  'torch.device',
  'torch.Size',
  'lightning.fabric.utilities.data.AttributeDict',
  'lightning_fabric.utilities.data.AttributeDict',
  'pytorch_lightning.utilities.parsing.AttributeDict',
  // Protocol 2 writes `int` as `long` and `str` as `unicode`.
  ...['bool', 'dict', 'float', 'int', 'list', 'long', 'set', 'str', 'tuple', 'unicode'].flatMap(name => [
    `builtins.${name}`,
    `__builtin__.${name}`,
  ]),
  ...['dictconfig.DictConfig', 'listconfig.ListConfig', 'base.ContainerMetadata', 'base.Metadata', 'nodes.AnyNode'].map(
    name => `omegaconf.${name}`,
  ),
]);

export function isInert(name: string): boolean {
  return INERT.has(name);
}
