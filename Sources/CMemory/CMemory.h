#ifndef C_MEMORY_H
#define C_MEMORY_H

#include <stddef.h>
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <sys/mman.h>

/// Asks the processor to bring a cache line near. Never faults, has no result.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Asks the system to back memory that is visited at random with large pages, where it has them;
/// without effect otherwise. The memory's content does not change.
static inline void prefer_large_pages(void *start, size_t size) {
    (void)madvise(start, size, 14); // MADV_HUGEPAGE of linux/mman.h, hidden in strict C modes
}

/// Takes memory for these addresses now, so that touching them later does not ask the system;
/// without effect where the system cannot. The memory's content does not change.
static inline void take_memory(void *start, size_t size) {
    (void)madvise(start, size, 23); // MADV_POPULATE_WRITE of linux/mman.h, since Linux 5.14
}

/// Memory that is all zeros and takes pages only when they are first written, to be given back with
/// `give_back_memory`; null when there is none.
static inline void *zeroed_memory(size_t size) { return calloc(1, size); }

static inline void give_back_memory(void *start) { free(start); }

/// Gives what the allocator holds free back to the system, of all its arenas; without effect where
/// it cannot. Takes milliseconds.
static inline void return_free_memory(void) {
#if defined(__GLIBC__)
    (void)malloc_trim(0);
#endif
}

#endif
