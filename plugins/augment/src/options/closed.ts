/** Schema setting of every options object: a key that is not known is an error. */
export const closed = { additionalProperties: false } as const;
