package io.imageprocessor.api;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Configures how requests are converted and checked. {@code /api/submit} and {@code /api/status} ignore unknown
 * parameters, as the old services did.
 */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

    @Bean
    static WebMvcRegistrations emptyParametersAreAbsent() {
        return new WebMvcRegistrations() {
            @Override
            public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
                return new EmptyParametersAdapter();
            }
        };
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new QueryParameters())
                .addPathPatterns("/api/jobs/**", "/api/visits/**", "/api/stores/**");
    }

    /** Removes YAML and XML, which Spring would offer because libraries of the API description can write them. */
    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.configureMessageConvertersList(converters ->
                converters.removeIf(converter -> converter.getSupportedMediaTypes().stream()
                        .map(MediaType::getSubtype)
                        .anyMatch(subtype -> subtype.equals("yaml") || subtype.equals("xml"))));
    }

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, JobId.class, WebConfiguration::jobId);
        // Without this converter, Spring would take the first of several values.
        registry.addConverter(String[].class, JobId.class, texts -> jobId(String.join(",", texts)));
        registry.addConverter(String.class, Cursor.class, Cursor::parse);
        registry.addConverter(String.class, Instant.class, IsoTime::parse);
        registry.addConverter(String.class, LocalDate.class, LocalDate::parse);
        registry.addConverter(String.class, JobState.class, text -> constant(JobState.class, text));
        registry.addConverter(String.class, ImageState.class, text -> constant(ImageState.class, text));
        registry.addConverter(String.class, FailureCode.class, text -> constant(FailureCode.class, text));
    }

    private static JobId jobId(String text) {
        return JobId.parse(text).orElseThrow(RejectedException::unknownJob);
    }

    /** Returns the constant with this name; names are lower case in the API. */
    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("not a " + type.getSimpleName()));
    }
}
