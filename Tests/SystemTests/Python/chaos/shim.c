// Loaded before the C library into a node or its PostgreSQL: moves the time of day, and makes
// a disk slow. What it does stands in a file that the harness writes while the process runs.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t clock_offset;  // nanoseconds by which the time of day is ahead
    int64_t sync_delay;    // microseconds that every sync of a file takes more
};

static const volatile struct control *control;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_gettimeofday)(struct timeval *, void *);
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_gettimeofday = dlsym(RTLD_NEXT, "gettimeofday");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    // The older version of this name means a condition of another shape.
    real_cond_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!real_cond_timedwait)
        real_cond_timedwait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
    const char *path = getenv("LANGQIAO_CHAOS_CONTROL");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *map = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED)
        control = map;
}

static int64_t offset(void) { return control ? control->clock_offset : 0; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!real_clock_gettime)  // another library begins before us
        real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real_clock_gettime(clock, time);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t moved = time->tv_sec * INT64_C(1000000000) + time->tv_nsec + offset();
        time->tv_sec = moved / INT64_C(1000000000);
        time->tv_nsec = moved % INT64_C(1000000000);
    }
    return status;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    if (!real_gettimeofday)
        real_gettimeofday = dlsym(RTLD_NEXT, "gettimeofday");
    int status = real_gettimeofday(time, zone);
    if (status == 0) {
        int64_t moved = time->tv_sec * INT64_C(1000000) + time->tv_usec + offset() / 1000;
        time->tv_sec = moved / INT64_C(1000000);
        time->tv_usec = moved % INT64_C(1000000);
    }
    return status;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

// The kernel knows nothing of the moved clock: a wait until a time of day would be longer or
// shorter by the offset. What is less than a year after 1970 is no time of day.
static const struct timespec *unmoved(const struct timespec *until, struct timespec *copy) {
    if (!until || until->tv_sec < 31536000 || offset() == 0)
        return until;
    int64_t moved = until->tv_sec * INT64_C(1000000000) + until->tv_nsec - offset();
    copy->tv_sec = moved / INT64_C(1000000000);
    copy->tv_nsec = moved % INT64_C(1000000000);
    return copy;
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
    const struct timespec *restrict until) {
    struct timespec copy;
    return real_cond_timedwait(condition, mutex, unmoved(until, &copy));
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    struct timespec copy;
    return real_sem_timedwait(semaphore, unmoved(until, &copy));
}

static void linger(void) {
    int64_t delay = control ? control->sync_delay : 0;
    if (delay > 0) {
        int kept = errno;
        struct timespec rest = {delay / 1000000, delay % 1000000 * 1000};
        while (nanosleep(&rest, &rest) && errno == EINTR)
            ;
        errno = kept;
    }
}

int fdatasync(int file) {
    linger();
    return real_fdatasync(file);
}

int fsync(int file) {
    linger();
    return real_fsync(file);
}
