/** A line of a CSV file, its fields in quotes where RFC 4180 asks for them. */
export function csvLine(fields: readonly (string | number)[]): string {
  return fields.map(field).join(',');
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
