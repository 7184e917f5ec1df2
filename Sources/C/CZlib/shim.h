#ifndef ASSAY_CZLIB_SHIM_H
#define ASSAY_CZLIB_SHIM_H

#include <zlib.h>

// The init functions are macros that pass the header's version and the struct's size.
static inline int assay_deflate_init(z_streamp stream, int level, int window) {
  return deflateInit2(stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
}
static inline int assay_inflate_init(z_streamp stream, int window) {
  return inflateInit2(stream, window);
}

#endif
