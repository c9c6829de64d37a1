/** Text of docs/reference/component-codes.md: codes of the errors and warnings that components report, from their sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

/** Meanings of errors whose messages are composed elsewhere than where they are reported. */
const COMPOSED = {
  AUGMENT_KERNEL_EVEN: '`kernelSize` is even, so the kernel has no centre. Take an odd number.',
  AUGMENT_RANGE: 'The smaller number of a range must come first, or two options of one range contradict each other.',
  AUGMENT_STATISTICS: '`mean` and `std` have another number of values than the images have channels.',
  CONVNEXT_LAYOUT: 'The size of the network is not given, or given twice: `size`, or `depths` and `dims`.',
  RESNET_LAYOUT: 'The layers of the network are not given, or given twice: `depth`, or `block` and `layers`.',
  RESNET_WIDEN: '`widen` does not fit the blocks of the network.',
  SINKHORN_ASSIGNED_VIEWS: '`assignedViews` is more than the augmenter makes global views. Lower it.',
  SWAV_ASSIGNED_VIEWS: '`assignedViews` is more than the augmenter makes global views. Lower it.',
  VIT_CONTRADICTION: 'Options of the transformer contradict each other, for example `imageSize` and `patchSize`.',
  VIT_VIEW_SIZE: 'Views are no whole number of patches, or differ from `imageSize` without `interpolatePositions`.',
  WIDE_RESNET_DEPTH: '`depth` is not one that the blocks of the network allow.',
};

const INTRO = `# Codes of components

Written by \`npm run reference\`. Errors and warnings about options and about combinations of components, reported by the
components themselves. The codes of all other errors are in [errors](errors.md). In the messages, … stands for a value.
`;

export function componentCodes() {
  const packages = readdirSync(join(ROOT, 'plugins')).sort();
  const sections = packages.flatMap(name => {
    const found = new Map(
      sources(join(ROOT, 'plugins', name, 'src'))
        .flatMap(findings)
        .sort(),
    );
    if (found.size === 0) return [];
    const rows = [...found].map(([code, { severity, message }]) => `| \`${code}\` | ${severity} | ${cell(message)} |`);
    return [`\n## @carl-ssl/${name}\n\n| code | severity | message |\n| --- | --- | --- |\n${rows.join('\n')}\n`];
  });
  return `${INTRO}${sections.join('')}`;
}

function sources(folder) {
  const names = readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.ts'));
  return names.sort().map(name => {
    const text = readFileSync(join(folder, name), 'utf8');
    return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  });
}

/** [code, finding] of every `error(code, path, message)`, `warning(…)`, other call with a code, and `{ code, message }`. */
function findings(file) {
  const found = [];
  const visit = node => {
    if (ts.isCallExpression(node)) {
      const severity = node.expression.getText() === 'error' ? 'error' : 'warning';
      for (const [place, code] of node.arguments.entries()) add(code, severity, node.arguments.slice(place + 1).at(-1));
    }
    if (ts.isObjectLiteralExpression(node)) {
      const property = name => node.properties.find(one => one.name?.getText() === name);
      const severity = property('severity')?.initializer;
      add(
        property('code')?.initializer,
        severity && ts.isStringLiteral(severity) ? severity.text : 'error',
        property('message'),
      );
    }
    ts.forEachChild(node, visit);
  };
  const add = (code, severity, message) => {
    if (code && ts.isStringLiteral(code) && CODE.test(code.text))
      found.push([code.text, findingOf(code.text, severity, textOf(message))]);
  };
  visit(file);
  return found;
}

function findingOf(code, severity, message) {
  if (code in COMPOSED) return { severity: 'error', message: COMPOSED[code] };
  return { severity, message: message ?? 'Stated in full in the message.' };
}

/** Text of an expression, with … for what is known at run time only; undefined if nothing is known. */
function textOf(node) {
  if (!node) return undefined;
  if (ts.isPropertyAssignment(node)) return textOf(node.initializer);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return `${textOf(node.left) ?? '…'}${textOf(node.right) ?? '…'}`;
  const name = ts.isShorthandPropertyAssignment(node) ? node.name : node;
  return ts.isIdentifier(name) ? textOf(constantOf(name)) : undefined;
}

/** Initializer of a constant of an enclosing block or the file. */
function constantOf(name) {
  for (let scope = name.parent; scope; scope = scope.parent) {
    for (const statement of scope.statements ?? []) {
      if (!ts.isVariableStatement(statement)) continue;
      const declared = statement.declarationList.declarations.find(one => one.name.getText() === name.text);
      if (declared) return declared.initializer;
    }
  }
  return undefined;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
