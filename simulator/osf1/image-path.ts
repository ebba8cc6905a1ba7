/** Where the image of a program is: every program of a script is a file of the root file server. */
import type { Program } from '../workload/program.ts';

export const imagePath = ({ name }: Pick<Program, 'name'>): string => `/bin/${name}`;
