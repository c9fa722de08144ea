#pragma once

#include <libpq-fe.h>
#include <spawn.h>

// glibc declares these two only with _GNU_SOURCE, which a module cannot ask for. Without them a
// server that outlives the gateway would keep its sockets open.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *actions, const char *path);
