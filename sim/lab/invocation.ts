import { isSea } from 'node:sea';

/** True in a single-file program (`npm run build`): there is no source tree around it, and no npm. */
export const IS_SINGLE_FILE: boolean = isSea();

/** What a person types to start this lab, as it was started. */
export const LAB: string = IS_SINGLE_FILE ? 'spn-lab' : 'npm run --silent lab --';
