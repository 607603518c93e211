/*
 * store: keeps what the service is told in an SQLite file, and puts it back at the next start.
 *
 * What a call acknowledged survives the end of the process, however it ends; the last calls before the
 * machine loses power may be lost, as the file is not synchronised for each of them. One process at a
 * time uses a file. Not thread-safe.
 * Format: the tables at the top of store.c; objects are the JSON of service_rows.h.
 */
#ifndef KDS_LOCAL_STORE_H
#define KDS_LOCAL_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct local_service;
struct store;

/**
 * Open the file, making it if there is none (mode 0600), put into @p service what is in it, and keep
 * from now on what the service is told.
 *
 * @param path     (copied)
 * @param service  (lent until store_close) new and empty; free it before the store is closed
 * @param why      receives one line on failure: what is wrong with the file
 * @return (given; store_close) NULL on failure: the file is not one of this program's, is damaged, of
 *         a newer version, used by another process, or cannot be read or written. @p service is then
 *         to be freed.
 */
struct store *
store_open(const char *path, struct local_service *service, char *why, size_t why_size);

/** Ends the use of the file; a write that no call has acknowledged is dropped. NULL is allowed. */
void store_close(struct store *store);

/** Why the service fails every call since some time ago; NULL if all is well. (lent until closed) */
const char *store_error(const struct store *store);

#endif /* KDS_LOCAL_STORE_H */
