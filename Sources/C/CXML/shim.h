#ifndef ASSAY_CXML_SHIM_H
#define ASSAY_CXML_SHIM_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>

// `xmlFree` is a mutable global function pointer, which Swift 6 refuses to read.
static inline void assay_xml_free(void *pointer) { xmlFree(pointer); }

// The generic error hook is variadic, so only C can be one that stays silent.
static inline void assay_xml_ignore(void *context, const char *message, ...) {
  (void)context;
  (void)message;
}

static inline void assay_xml_silence(void) {
  xmlSetGenericErrorFunc(NULL, assay_xml_ignore);
}

// The structured hooks take a const pointer in newer releases and a plain one in older.
static inline void assay_xml_silence_structured(void *context, xmlErrorPtr error) {
  (void)context;
  (void)error;
}

// The error of a parser context is a struct inside a struct whose layout differs by release.
static inline const char *assay_xml_error_message(xmlParserCtxtPtr context) {
  return context->lastError.message;
}
static inline int assay_xml_error_line(xmlParserCtxtPtr context) { return context->lastError.line; }
static inline int assay_xml_error_column(xmlParserCtxtPtr context) { return context->lastError.int2; }

#endif
