package io.imageprocessor.trace;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Receives the exported spans as an OpenTelemetry collector does: protobuf over HTTP. Thread-safe. */
final class SpanCollector {

    /**
     * A received span.
     *
     * @param replica the {@code service.instance.id} of the sender
     * @param attributes only integers and strings, as text
     */
    record Received(
            String replica,
            String traceId,
            String id,
            String parentId,
            String name,
            boolean error,
            long startNanos,
            long endNanos,
            Map<String, String> attributes,
            List<String> events) {

        private static Stream<Received> of(ResourceSpans spans) {
            String replica =
                    attributes(spans.getResource().getAttributesList()).getOrDefault("service.instance.id", "");
            return spans.getScopeSpansList().stream()
                    .flatMap(scope -> scope.getSpansList().stream())
                    .map(span -> of(replica, span));
        }

        private static Received of(String replica, Span span) {
            return new Received(
                    replica,
                    hex(span.getTraceId().toByteArray()),
                    hex(span.getSpanId().toByteArray()),
                    hex(span.getParentSpanId().toByteArray()),
                    span.getName(),
                    span.getStatus().getCodeValue() == 2,
                    span.getStartTimeUnixNano(),
                    span.getEndTimeUnixNano(),
                    attributes(span.getAttributesList()),
                    span.getEventsList().stream().map(Span.Event::getName).toList());
        }

        private static Map<String, String> attributes(List<KeyValue> attributes) {
            return attributes.stream().collect(toMap(KeyValue::getKey, attribute -> text(attribute.getValue())));
        }

        private static String hex(byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }

        private static String text(AnyValue value) {
            return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
        }
    }

    private final HttpServer server;
    private final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();
    private final Set<String> requestLines = ConcurrentHashMap.newKeySet();

    SpanCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        requestLines.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        requests.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    String endpoint() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1/traces";
    }

    /** Returns method and path of the received requests. */
    Set<String> requestLines() {
        return requestLines;
    }

    List<Received> spans() {
        return requests.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(Received::of)
                .toList();
    }

    List<Received> spans(String traceId) {
        return spans().stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    /** Returns all received data as text, with resources and events. */
    String text() {
        return requests.stream().map(ExportTraceServiceRequest::toString).collect(joining());
    }

    void close() {
        server.stop(0);
    }
}
