#pragma once

// nghttp2.h uses ssize_t without including the header that declares it on Linux.
#include <sys/types.h>
#include <stdint.h>

#include <nghttp2/nghttp2.h>
