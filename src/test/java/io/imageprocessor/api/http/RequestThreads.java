package io.imageprocessor.api.http;

import static java.util.Objects.requireNonNull;

import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** The request threads of the web server. */
record RequestThreads(ServletWebServerApplicationContext context) {

    /** Returns the number of threads that handle a request, or wait for its client. */
    int busy() {
        return ((ThreadPoolExecutor) requireNonNull((TomcatWebServer) context.getWebServer())
                        .getTomcat()
                        .getConnector()
                        .getProtocolHandler()
                        .getExecutor())
                .getActiveCount();
    }
}
