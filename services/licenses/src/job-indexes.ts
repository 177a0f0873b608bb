/** What the jobs' queries over all tenants say, and the partial filters of the indexes under them. */

/**
 * True of every document, but only the jobs' queries say it, so that no tenant's list is ever planned across tenants.
 */
export const forJobs = { sequence: { $gte: 0 } } as const;

/** A device that has a lease. */
export const hasLease = { leaseUntil: { $gt: new Date(0) } } as const;

/** An assignment that has ended and still has devices. */
export const endedWithDevices = { isOpen: false, boundDevices: { $gt: 0 } } as const;
