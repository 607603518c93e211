/*
 * exchange_events: the body of an answer that is an event stream, an event at a time.
 */
#ifndef KDS_LOCAL_EXCHANGE_EVENTS_H
#define KDS_LOCAL_EXCHANGE_EVENTS_H

#include "exchange.h"

/**
 * The valve is empty: fill it with the next event, and arm what the fault plan has for it.
 * @return false: there is none now; with x->last_event, there will be none any more
 */
bool exchange_next_event(struct exchange *x);

#endif /* KDS_LOCAL_EXCHANGE_EVENTS_H */
