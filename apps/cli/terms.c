/* terms.c - the table of queues' words, and the search in all. */
#include "terms.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "problem.h"

const struct term sqs_terms[] = {
    {"at-least-once delivery", "최소 1회 전달", "at least once",
     "A standard queue gives every message once or more; now and then twice, although nothing went wrong.",
     "표준 대기열은 모든 메시지를 한 번 이상 전달하며, 드물게 두 번 전달한다.", "SQS-65, 66",
     "queue.ID.duplicate_in_flight, queue.ID.duplicate_after_delete", "queue.ID.redelivered"},
    {"batch", "배치", "batch operation|일괄 처리",
     "Up to ten messages in one call. Each entry succeeds or fails by itself; the call is billed as one request per 64 KiB.",
     "한 번의 호출로 최대 10개의 메시지를 처리한다. 항목마다 따로 성공하거나 실패한다.", "SQS-122 … 128, 147",
     "fleet.ID.batch, fleet.ID.delete_batch", "queue.ID.calls_delete"},
    {"content-based deduplication", "콘텐츠 기반 중복 제거", NULL,
     "The deduplication id is the SHA-256 of the body, so equal bodies within five minutes are one message.",
     "본문의 SHA-256 값을 중복 제거 ID로 쓴다.", "SQS-94", "queue.ID.deduplication = \"content\"", NULL},
    {"dead-letter queue", "배달 못한 편지 대기열", "dlq|데드 레터 큐|데드레터 큐|배달 못한 메시지 대기열",
     "Where messages go that were received too often without being deleted. The move happens when they would be received once more.",
     "여러 번 수신되고도 삭제되지 않은 메시지가 옮겨지는 대기열이다.", "SQS-109 … 116", "queue.ID.dead_letter",
     "queue.ID.moved_in, queue.ID.moved_out"},
    {"deduplication", "중복 제거", "deduplication id|deduplication window|중복 제거 id|중복 제거 기간",
     "A FIFO queue takes a send with an id that it has seen within five minutes, and adds nothing.",
     "FIFO 대기열은 5분 안에 같은 ID로 온 전송을 받아들이되 추가하지 않는다.", "SQS-92 … 97", "queue.ID.deduplication", NULL},
    {"delay queue", "지연 대기열", "delay|message timer|메시지 타이머|지연",
     "New messages stay hidden for the queue's delay, up to 15 minutes.", "새 메시지를 최대 15분까지 숨겨 둔다.",
     "SQS-31 … 36", "queue.ID.delay", "queue.ID.delayed"},
    {"empty receive", "빈 수신", "empty response|false empty receive",
     "A receive that brings nothing, and costs as much as any. Short polls can be empty although there are messages.",
     "메시지가 없는 수신 응답이다. 비용은 똑같이 든다.", "SQS-41 … 47, 147", "fleet.ID.poll", "queue.ID.empty_receives"},
    {"exactly-once processing", "정확히 한 번 처리", "exactly once",
     "What FIFO queues promise: no second message from a repeated send within five minutes, no second consumer within the "
     "visibility timeout. Work that takes longer is done twice all the same.",
     "FIFO 대기열의 약속이지만, 표시 제한 시간과 5분의 한계 안에서만 성립한다.", "SQS-92, 99", NULL, NULL},
    {"fair queue", "공정 대기열", "noisy neighbour|noisy neighbor|tenant",
     "Messages of a standard queue that carry a group belong to tenants; those of quiet tenants come first.",
     "표준 대기열에서 조용한 테넌트의 메시지가 먼저 나온다.", "SQS-73 … 79", "queue.ID.fair", NULL},
    {"fifo queue", "FIFO 대기열", "fifo|fifo 큐|선입선출 대기열",
     "Keeps the order inside each message group and recognises repeated sends; 300 calls a second, 3,000 messages with batches.",
     "메시지 그룹 안의 순서를 지키고 중복 전송을 걸러 낸다.", "SQS-80 … 105", "queue.ID.type = \"fifo\"", NULL},
    {"heartbeat", "하트비트", "하트 비트|extend visibility",
     "A consumer that extends the visibility timeout while it works, up to 12 hours after the receive.",
     "작업하는 동안 표시 제한 시간을 늘리는 소비자의 습관이다.", "SQS-51, 53, 58", "fleet.ID.heartbeat", NULL},
    {"high throughput", "높은 처리량", "high throughput mode|높은 처리량 모드",
     "A FIFO queue whose quota holds per message group; the region's quota holds for the whole.",
     "할당량이 메시지 그룹마다 적용되는 FIFO 대기열이다.", "SQS-102, 103", "queue.ID.throughput = \"high\"", NULL},
    {"idempotent consumer", "멱등성 소비자", "idempotence|idempotency|멱등성",
     "A consumer that does no harm when a message comes twice, for example because it remembers what it has done.",
     "같은 메시지가 두 번 와도 결과가 같은 소비자이다.", "SQS-66, 99", "fleet.ID.idempotent", NULL},
    {"in flight", "전송 중", "inflight|in-flight messages|인플라이트|이동 중",
     "Received and not yet deleted nor visible again: 120,000 messages of a queue at most.",
     "수신되었으나 아직 삭제되지 않은 상태이다. 대기열마다 최대 120,000개이다.", "SQS-37, 69 … 71", "queue.ID.in_flight_limit",
     "queue.ID.in_flight"},
    {"long polling", "긴 폴링", "long poll|롱 폴링",
     "A receive that waits up to 20 s for a message, asks all servers, and so is hardly ever empty for nothing.",
     "메시지가 올 때까지 최대 20초 기다리는 수신이다.", "SQS-43 … 47", "queue.ID.wait_time, fleet.ID.wait_time",
     "queue.ID.polls_waiting"},
    {"message group", "메시지 그룹", "message group id|group|메시지 그룹 id",
     "Messages of a FIFO queue that keep their order; while one is in flight, later ones of the group are not given.",
     "순서를 지키는 메시지의 묶음이다. 하나가 처리되는 동안 뒤의 것은 나오지 않는다.", "SQS-80 … 91", "producer.ID.key", NULL},
    {"move task", "메시지 이동 작업", "startmessagemovetask",
     "The service's own way to redrive a dead-letter queue, at up to 500 messages a second.",
     "배달 못한 편지 대기열의 메시지를 옮기는 작업이다.", "SQS-117 … 121", "queue.ID.redrive", "queue.ID.redriven"},
    {"poison message", "포이즌 메시지", "poison pill|poison|독성 메시지|포이즌 필",
     "A message over which every consumer fails, each time; without a dead-letter queue it comes back until it expires.",
     "어떤 소비자도 처리하지 못하는 메시지이다.", "SQS-68, 110, 133", "fleet.ID.poison", NULL},
    {"purge", "대기열 비우기", "purgequeue|대기열 제거", "Deletes all that is in the queue; at most once a minute.",
     "대기열의 모든 메시지를 지운다. 1분에 한 번만 할 수 있다.", "SQS-12", "queue.ID.purge", NULL},
    {"receipt handle", "수신 핸들", "handle|수신 확인 핸들",
     "What a receive hands out and a delete needs. Each receive makes a new one; on FIFO queues it ends with the visibility timeout.",
     "수신할 때마다 새로 주어지며 삭제에 필요한 표식이다.", "SQS-59 … 64", "queue.ID.stale_delete", NULL},
    {"receive count", "수신 횟수", "approximatereceivecount|max receive count|최대 수신 수",
     "How often a message was received. It counts even when the answer was lost or the consumer never looked at it.",
     "메시지가 수신된 횟수이다.", "SQS-38, 39, 110", "queue.ID.dead_letter.max_receive_count", "queue.ID.receives"},
    {"redrive", "리드라이브", "redrive policy|리드라이브 정책|재처리",
     "To the dead-letter queue by its policy, or back from it by a move task; back, it is a new message.",
     "배달 못한 편지 대기열로 옮기거나 거기서 되돌리는 일이다.", "SQS-109, 117 … 121", "queue.ID.redrive", "queue.ID.redriven"},
    {"retention period", "보존 기간", "retention|message retention|메시지 보존 기간",
     "The age at which a message is dropped, whatever its state: 4 days unless set, 14 at most.",
     "메시지가 지워지는 나이이다. 기본 4일, 최대 14일이다.", "SQS-106 … 108", "queue.ID.retention", "queue.ID.expired"},
    {"sequence number", "시퀀스 번호", NULL, "20 digits that grow within a message group of a FIFO queue.",
     "FIFO 대기열의 그룹 안에서 커지는 20자리 번호이다.", "SQS-90", NULL, NULL},
    {"short polling", "짧은 폴링", "short poll|숏 폴링",
     "A receive that asks some of the servers and answers at once, perhaps with nothing although there is something.",
     "일부 서버만 확인하고 바로 응답하는 수신이다.", "SQS-41, 42", "fleet.ID.poll = \"short\"", "queue.ID.empty_receives"},
    {"standard queue", "표준 대기열", "표준 큐",
     "Any number of calls, about in order, at least once.", "처리량에 제한이 없고, 대체로 순서대로, 한 번 이상 전달한다.",
     "SQS-65 … 69, 100", "queue.ID.type = \"standard\"", NULL},
    {"throttling", "스로틀링", "requestthrottled|quota|제한",
     "Calls to a FIFO queue beyond its quota are refused, without effect and without cost.",
     "할당량을 넘은 FIFO 호출은 거부된다.", "SQS-101 … 105", "queue.ID.throughput", NULL},
    {"visibility timeout", "표시 제한 시간", "vt|visibility|가시성 제한 시간|가시성 타임아웃",
     "How long a received message is hidden from other consumers. Who needs longer shares the work with the next one.",
     "수신된 메시지를 다른 소비자에게 숨기는 시간이다. 처리가 더 오래 걸리면 다른 소비자도 같은 메시지를 받는다.",
     "SQS-50 … 58", "queue.ID.visibility_timeout", "queue.ID.redelivered, queue.ID.in_flight, chart visibility"},
};
const size_t n_sqs_terms = sizeof sqs_terms / sizeof *sqs_terms;

const struct term *terms_at(size_t i)
{
    if (i < n_sqs_terms)
        return &sqs_terms[i];
    return i - n_sqs_terms < n_more_terms ? &more_terms[i - n_sqs_terms] : NULL;
}

void terms_pages(const struct term *t, char *out, size_t size)
{
    static const struct {
        const char *prefix, *page;
    } pages[] = {{"SQS-", "sqs.md"}, {"SNS-", "sns.md"},    {"EB-", "eventbridge.md"},     {"KIN-", "kinesis.md"},
                 {"FH-", "firehose.md"}, {"LAM-", "lambda.md"}, {"CW-", "compute-scaling.md"}, {"ASG-", "compute-scaling.md"}};
    size_t n = 0;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strstr(t->rules, pages[i].prefix) != NULL && n < size)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? ", " : "docs/semantics/", pages[i].page);
}

/* Up to `length` bytes of b, blanks, dashes and case apart. */
static bool same(const char *a, const char *b, size_t length)
{
    const char *end = b + length;
    for (;;) {
        while (*a == ' ' || *a == '-')
            a++;
        while (b < end && (*b == ' ' || *b == '-'))
            b++;
        if (*a == 0 || b == end)
            return *a == 0 && b == end;
        if (tolower((unsigned char)*a++) != tolower((unsigned char)*b++))
            return false;
    }
}

static bool is_called(const struct term *t, const char *word)
{
    if (same(word, t->name, strlen(t->name)) || same(word, t->korean, strlen(t->korean)))
        return true;
    for (const char *o = t->others; o != NULL;) {
        size_t n = strcspn(o, "|");
        if (same(word, o, n))
            return true;
        o = o[n] == '|' ? o + n + 1 : NULL;
    }
    return false;
}

const struct term *terms_find(const char *word)
{
    const struct term *t;
    for (size_t i = 0; (t = terms_at(i)) != NULL; i++)
        if (is_called(t, word))
            return t;
    return NULL;
}

const char *terms_near(const char *word)
{
    const char        *all[200];
    const struct term *t;
    size_t             n = 0;
    for (; n < sizeof all / sizeof *all && (t = terms_at(n)) != NULL; n++)
        all[n] = t->name;
    return suggest(word, all, n);
}
