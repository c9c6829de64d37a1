import { CarlError } from '@carl-ssl/core';
import { expect } from 'chai';

/** The CarlError that work must end with. */
export async function refusal(work: Promise<unknown>): Promise<CarlError> {
  const error: unknown = await work.then(
    () => 'was accepted',
    (reason: unknown) => reason,
  );
  expect(CarlError.is(error), String(error)).to.equal(true);
  return error as CarlError;
}

/** Message of the error INPUT_DATA that work must end with. */
export async function dataRefusal(work: Promise<unknown>): Promise<string> {
  const { code, message } = await refusal(work);
  expect(code).to.equal('INPUT_DATA');
  return message;
}
