package io.imageprocessor.api;

import java.time.Instant;
import java.time.LocalDate;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** How requests are read. The two old calls, submit and status, keep their own ways. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new QueryParameters())
                .addPathPatterns("/api/jobs/**", "/api/visits/**", "/api/stores/**");
    }

    /** Libraries that the description needs can write YAML and XML, and Spring would have them do so. */
    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.configureMessageConvertersList(converters ->
                converters.removeIf(converter -> converter.getSupportedMediaTypes().stream()
                        .map(MediaType::getSubtype)
                        .anyMatch(subtype -> subtype.equals("yaml") || subtype.equals("xml"))));
    }

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(
                String.class,
                Instant.class,
                text -> IsoTime.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException("no ISO 8601 date or date-time")));
        registry.addConverter(String.class, LocalDate.class, LocalDate::parse);
    }
}
