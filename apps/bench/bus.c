/* bus.c - twenty rules as they are written for a shop, eight kinds of events, and the engine's way
 * through them. */
#include "bus.h"

#include <string.h>

#include "filter_json.h"

const char *const bus_rules[] = {
    "{'source':['shop.orders']}",
    "{'source':['shop.orders'],'detail-type':['OrderCreated']}",
    "{'source':['shop.orders'],'detail-type':['OrderCreated'],'detail':{'total':[{'numeric':['>=',"
    "1000]}]}}",
    "{'source':['shop.orders'],'detail-type':['OrderPaid','OrderRefunded']}",
    "{'source':['shop.orders'],'detail-type':['OrderCancelled']}",
    "{'source':['shop.orders'],'detail':{'country':['DE','AT','CH']}}",
    "{'source':['shop.orders'],'detail':{'customer':{'tier':['gold',{'prefix':'vip-'}]}}}",
    "{'source':['shop.stock'],'detail-type':['StockLow']}",
    "{'source':['shop.stock'],'detail':{'warehouse':[{'prefix':'eu-'}],'left':[{'numeric':['<',10]}"
    "]}}",
    "{'source':['shop.payments'],'detail-type':['PaymentFailed']}",
    "{'source':['shop.payments'],'detail':{'amount':[{'numeric':['>',0,'<=',50]}]}}",
    "{'source':['shop.payments'],'detail':{'method':[{'anything-but':['card','invoice']}]}}",
    "{'source':['shop.shipping'],'detail-type':['ParcelLost','ParcelReturned']}",
    "{'source':['shop.shipping'],'detail':{'carrier':[{'equals-ignore-case':'dhl'}]}}",
    "{'source':['aws.s3'],'detail-type':['Object "
    "Created'],'detail':{'bucket':{'name':['uploads']}}}",
    "{'source':['aws.s3'],'detail-type':['Object "
    "Created'],'detail':{'object':{'key':[{'suffix':'.png'}]}}}",
    "{'source':['aws.ec2'],'detail-type':['EC2 Instance State-change "
    "Notification'],'detail':{'state':['terminated']}}",
    "{'source':['aws.autoscaling'],'detail-type':[{'prefix':'EC2 Instance Launch'}]}",
    "{'detail':{'error':[{'exists':true}]}}",
    "{'source':['shop.users'],'$or':[{'detail-type':['SignedUp']},{'detail':{'newsletter':[true]}}]"
    "}",
};
const uint32_t n_bus_rules = sizeof(bus_rules) / sizeof(bus_rules[0]);

#define HEAD                                                                                       \
    "'version':'0','id':'6a7e8feb-b491-4cf7-a9f1-bf3703467718','account':'111122223333',"          \
    "'time':'2026-11-21T18:43:48Z','region':'us-east-1','resources':[],"
const char *const bus_events[] = {
    "{" HEAD "'source':'shop.orders','detail-type':'OrderCreated','detail':{'order':'o-1','total':"
             "1250.5,'country':'DE',"
    "'customer':{'id':'c-7','tier':'gold'},'items':[{'sku':'A1','n':2},{'sku':'B2','n':1}]}}",
    "{" HEAD "'source':'shop.orders','detail-type':'OrderPaid','detail':{'order':'o-1','total':12."
             "5,'country':'FR',"
    "'customer':{'id':'c-8','tier':'none'}}}",
    "{" HEAD "'source':'shop.stock','detail-type':'StockLow','detail':{'sku':'A1','warehouse':'eu-"
             "2','left':4}}",
    "{" HEAD
    "'source':'shop.payments','detail-type':'PaymentTaken','detail':{'order':'o-1','amount':49.9,"
    "'method':'voucher'}}",
    "{" HEAD
    "'source':'shop.shipping','detail-type':'ParcelSent','detail':{'order':'o-1','carrier':'DHL'}}",
    "{" HEAD
    "'source':'aws.s3','detail-type':'Object Created','detail':{'bucket':{'name':'uploads'},"
    "'object':{'key':'2026/11/cat.png','size':48213}}}",
    "{" HEAD "'source':'aws.ec2','detail-type':'EC2 Instance State-change Notification',"
    "'detail':{'instance-id':'i-1234567890abcdef0','state':'running'}}",
    "{" HEAD
    "'source':'shop.users','detail-type':'SignedIn','detail':{'user':'u-9','newsletter':false,"
    "'error':'late'}}",
};
const uint32_t n_bus_events = sizeof(bus_events) / sizeof(bus_events[0]);

#define MOST 20

struct bus {
    struct filter *rule[MOST];
    struct filter_event *event[MOST];
    struct filter_set *set;
};

static void bus_close(struct bus *b)
{
    filter_set_free(b->set);
    for (uint32_t i = 0; i < MOST; i++) {
        filter_free(b->rule[i]);
        filter_event_free(b->event[i]);
    }
}

static bool bus_open(struct bus *b, struct err *err)
{
    struct filter_error e = {.reason = ""};
    *b = (struct bus){.set = NULL};
    for (uint32_t i = 0; i < n_bus_rules; i++) {
        b->rule[i] = filter_compile(FILTER_EVENTBRIDGE, bus_rules[i], strlen(bus_rules[i]),
                                    FILTER_APOSTROPHES, NULL, &e);
        if (b->rule[i] == NULL)
            return err_set(err, ERR_INTERNAL, "%s: %s", bus_rules[i], e.reason);
    }
    for (uint32_t i = 0; i < n_bus_events; i++) {
        b->event[i] = filter_event_json(FILTER_EVENTBRIDGE, bus_events[i], strlen(bus_events[i]),
                                        FILTER_APOSTROPHES, &e);
        if (b->event[i] == NULL)
            return err_set(err, ERR_INTERNAL, "%s: %s", bus_events[i], e.reason);
    }
    b->set = filter_set_new((const struct filter *const *)b->rule, n_bus_rules);
    return b->set != NULL || err_set(err, ERR_OS, "out of memory");
}

static uint64_t judge_by_set(const struct bus *b, const struct filter_event *e)
{
    uint64_t matched[FILTER_WORDS(MOST)];
    return filter_set_match(b->set, e, matched);
}

static uint64_t judge_one_by_one(const struct bus *b, const struct filter_event *e)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < n_bus_rules; i++)
        n += filter_matches(b->rule[i], e);
    return n;
}

static bool run(uint64_t (*judge)(const struct bus *, const struct filter_event *), double events,
                struct bench_sample *s, struct err *err)
{
    struct bus b;
    uint64_t rounds = (uint64_t)(events / n_bus_events) + 1, found = 0,
             expected = bare_bus_matches(err);
    bool good = expected > 0 && bus_open(&b, err);
    if (!good)
        return false;
    double start = bench_clock();
    for (uint64_t i = 0; i < rounds; i++)
        for (uint32_t k = 0; k < n_bus_events; k++)
            found += judge(&b, b.event[k]);
    *s = (struct bench_sample){(double)rounds * n_bus_events, bench_clock() - start};
    bus_close(&b);
    return found == rounds * expected ||
           err_set(err, ERR_INTERNAL, "the engine and the walk differ");
}

bool filter_bus(double scale, struct bench_sample *s, struct err *err)
{
    return run(judge_by_set, BUS_EVENTS * scale, s, err);
}

bool filter_one(double scale, struct bench_sample *s, struct err *err)
{
    return run(judge_one_by_one, BUS_EVENTS / 4 * scale, s, err);
}
