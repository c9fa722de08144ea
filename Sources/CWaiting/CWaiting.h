#ifndef C_WAITING_H
#define C_WAITING_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <poll.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <time.h>

// Declared here, too: whether the headers do depends on who included them first.
int ppoll(struct pollfd *, nfds_t, const struct timespec *, const __sigset_t *);

/// Waits until some of the descriptors are ready, or so many nanoseconds. Gives how many are.
static inline int wait_for_descriptors(
    struct pollfd *descriptors, unsigned long count, uint64_t nanoseconds) {
    struct timespec time = {
        .tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    return ppoll(descriptors, count, &time, 0);
}

/// Waits of the calling thread end when their time has come, not up to 50 microseconds later.
static inline void wake_in_time(void) { (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

#endif
