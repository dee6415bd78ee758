const signs = [/bad_alloc/i, /out of memory/i, /failed to allocate/i, /allocation failed/i, /not enough memory/i, /cannot allocate/i]

/** Whether an error says that memory did not suffice. */
export const isOutOfMemory = (error: unknown): boolean => error instanceof Error && signs.some((sign) => sign.test(error.message))

/** The reason of a trial that failed so. */
export const memoryReason = (batchSize: number): string =>
  `there was not enough memory for this network with batches of ${batchSize}; a smaller batch or network would fit`
