#ifndef ASSAY_CJAVASCRIPTCORE_SHIM_H
#define ASSAY_CJAVASCRIPTCORE_SHIM_H

#include <JavaScriptCore/JavaScript.h>

// Exported by the library and absent from its public headers. Weak, so that a release without it
// still starts: the worker then says that it does not hear rejected promises.
extern void JSGlobalContextSetUnhandledRejectionCallback(
    JSGlobalContextRef context, JSObjectRef function, JSValueRef *exception)
    __attribute__((weak));

static inline bool assay_js_reports_rejections(void) {
  return JSGlobalContextSetUnhandledRejectionCallback != NULL;
}

// jsc/jsc.h needs GLib's headers; the version alone does not.
unsigned jsc_get_major_version(void);
unsigned jsc_get_minor_version(void);
unsigned jsc_get_micro_version(void);

#endif
