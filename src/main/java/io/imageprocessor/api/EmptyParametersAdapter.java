package io.imageprocessor.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.annotation.RequestParamMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Treats an empty query parameter as absent, whatever its type: a form sends its empty fields too. Spring does so only
 * for parameters with a default value.
 */
final class EmptyParametersAdapter extends RequestMappingHandlerAdapter {

    @Override
    public void afterPropertiesSet() {
        super.afterPropertiesSet();
        List<HandlerMethodArgumentResolver> resolvers =
                new ArrayList<>(Objects.requireNonNull(getArgumentResolvers(), "no argument resolvers"));
        // Spring's own resolver of annotated parameters precedes all resolvers that could be added.
        resolvers.addFirst(new NonEmptyParameterResolver(getBeanFactory()));
        setArgumentResolvers(resolvers);
    }

    /** Resolves each {@link RequestParam} that is a value, not all of them as a map. Thread-safe. */
    private static final class NonEmptyParameterResolver extends RequestParamMethodArgumentResolver {

        NonEmptyParameterResolver(@Nullable ConfigurableBeanFactory beanFactory) {
            super(beanFactory, false);
        }

        @Override
        protected @Nullable Object resolveName(String name, MethodParameter parameter, NativeWebRequest request)
                throws Exception {
            Object value = super.resolveName(name, parameter, request);
            return "".equals(value) ? null : value;
        }
    }
}
