/*
 * export: marks what a shared library shows. Nothing else in it is visible.
 */
#ifndef KDS_EXPORT_H
#define KDS_EXPORT_H

#if defined(__GNUC__)
#define KDS_EXPORT __attribute__((visibility("default")))
#else
#define KDS_EXPORT
#endif

/** A public function of libkds-api. */
#define KDS_API KDS_EXPORT

#endif /* KDS_EXPORT_H */
