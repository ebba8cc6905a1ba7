/** The one user of the cluster, and the superuser. */
export const USER = 100;
export const SUPERUSER = 0;
