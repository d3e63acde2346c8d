package io.imageprocessor.api.http;

import io.imageprocessor.api.ApiSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.RequestContextFilter;

@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> webServerOfEveryCall(
            ApiSettings settings, ClientMeters meters) {
        return factory -> {
            factory.setProtocol(ClientProtocol.class.getName());
            factory.addEngineValves(new RequestPreparation());
            factory.addConnectorCustomizers(connector -> {
                // No body is a form, so the web server must not read a body to find parameters in it.
                connector.setParseBodyMethods("");
                if (connector.getProtocolHandler() instanceof ClientProtocol protocol) {
                    meters.add(protocol);
                    protocol.readAwayAtMost(settings.maxRequestBytes());
                    protocol.setMaxConnections(Math.min(
                            protocol.getMaxConnections(),
                            ConnectionLimits.ofHeap(Runtime.getRuntime().maxMemory())
                                    .connections()));
                }
            });
        };
    }

    /** Leaves out a filter of Spring Boot: the dispatcher servlet does the same, and no other filter needs it. */
    @Bean
    FilterRegistrationBean<RequestContextFilter> requestContextFilter() {
        FilterRegistrationBean<RequestContextFilter> filter = new FilterRegistrationBean<>(new RequestContextFilter());
        filter.setEnabled(false);
        return filter;
    }

    @Bean
    FilterRegistrationBean<CorsFilter> corsFilter(ApiSettings settings) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(List.copyOf(settings.allowedOrigins()));
        cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
        cors.setAllowedHeaders(List.of(CorsConfiguration.ALL));
        cors.setExposedHeaders(
                List.of(HttpHeaders.LOCATION, HttpHeaders.RETRY_AFTER, "Idempotency-Replayed", HttpHeaders.LINK));
        cors.setMaxAge(Duration.ofMinutes(10));
        // Other origins are not rejected here, since reading needs no permission: browsers keep the response from them.
        FilterRegistrationBean<CorsFilter> filter = new FilterRegistrationBean<>(new CorsFilter(request -> {
            String origin = request.getHeader(HttpHeaders.ORIGIN);
            return origin != null && settings.allowedOrigins().contains(origin) ? cors : null;
        }));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    FilterRegistrationBean<CrossOriginFilter> crossOriginFilter(ApiSettings settings) {
        FilterRegistrationBean<CrossOriginFilter> filter =
                new FilterRegistrationBean<>(new CrossOriginFilter(Set.copyOf(settings.allowedOrigins())));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return filter;
    }

    @Bean
    FilterRegistrationBean<AcceptFilter> acceptFilter() {
        FilterRegistrationBean<AcceptFilter> filter = new FilterRegistrationBean<>(new AcceptFilter());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return filter;
    }
}
